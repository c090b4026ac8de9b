def run(parts):
    pass
