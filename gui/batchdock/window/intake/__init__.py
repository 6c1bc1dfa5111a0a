"""The side sheet that looks at a drop while it is counted, and starts a job with it."""
