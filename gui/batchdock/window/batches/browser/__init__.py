"""Looking into batches: their parts, files and archives, what each of them holds, and which are to be saved."""
