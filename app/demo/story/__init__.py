"""The story that `make demo` plays: twelve cases over HTTP, as the people at the desks would work them."""

from app.demo.story.play import play

__all__ = ["play"]
