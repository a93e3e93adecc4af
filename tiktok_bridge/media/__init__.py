"""Find the video that a post names, and make sure that it is one."""
