"""AgentLogin() and AgentRequest()."""
