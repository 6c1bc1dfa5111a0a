"""The page of everything that lies in a service's staging area."""
