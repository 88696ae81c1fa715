"""What every test in a real browser starts from."""

from playwright.sync_api import expect

# A page that is right is seen at once: waiting long costs nothing but on a busy machine, where it saves the run.
expect.set_options(timeout=20_000)
