"""Explain what TikTok says, without any evidence but the words."""
