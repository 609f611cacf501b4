"""NATS JetStream as cluster backend."""
