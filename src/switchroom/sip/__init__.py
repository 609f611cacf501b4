"""SIP without I/O: messages, transactions, dialogs, registrar."""
