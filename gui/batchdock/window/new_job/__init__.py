"""The form for a new job, whatever it is over: files that were dropped, a batch, or a draft."""
