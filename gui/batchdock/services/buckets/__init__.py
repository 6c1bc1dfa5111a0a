"""Cloud storage: buckets are listed and addresses signed here, on this computer (contract §3.15, ADR 31)."""
