"""Lists of addresses, and queries: the sheets beside the page in which they become batches and jobs."""
