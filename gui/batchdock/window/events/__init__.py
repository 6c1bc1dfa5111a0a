"""What jobs sent by themselves: on a timeline, as a list, and large."""
