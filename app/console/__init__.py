"""The console: pages for people without a program of their own, drawn on the server.

It is a client of the API in the same process and holds no rule of its own: what a page shows is what a route
answers, what it offers is ``allowed_actions``, what it sends is a route's body, and who may see what was
decided there. It knows of the API only that it is an ASGI application.
"""
