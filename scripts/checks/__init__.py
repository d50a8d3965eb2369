"""The parts of check.py: read a project, build it, judge its links, its front matter and other people's servers."""
