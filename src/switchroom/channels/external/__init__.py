"""Channels whose party is a program: AudioSocket, WebSocket, and RTP that nobody negotiated."""
