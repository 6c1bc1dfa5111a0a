"""Where keys are kept: the password store of this computer, or the memory of this session. Never a file."""
