"""Speak TikTok's protocol: the only room that knows HTTP."""
