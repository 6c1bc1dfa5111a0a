"""Whether This computer does the work itself, or hands the files to a cluster of one's own."""

from batchdock.window.context import Context


async def cluster_address(context: Context) -> str:
    """Ask for the address of the cluster that works for This computer; empty where it works by itself."""
    settings, _computing = await context.background.run(context.desk.computer.settings())
    return settings.scheduler
