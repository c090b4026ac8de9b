"""The story that `make demo` plays: eight cases over HTTP, as the people at the desks would work them."""

from app.demo.story.play import play

__all__ = ["play"]
