"""From a bucket: storages are connected and browsed, a pattern is counted, and a job is made of it."""
