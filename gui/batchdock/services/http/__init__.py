"""What every service client shares: connections, patience, one table of errors, and silence about secrets."""
