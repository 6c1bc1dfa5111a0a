"""The dialogs that connect accounts and look after their keys."""
