"""Take a post from what somebody wrote to what TikTok says of it."""
