"""What a call carries: audio, video, fax, and their protection."""
