"""Staff accounts from the command line."""

from console.accounts import AccountError, create_staff, ensure_administrator, one_time_password
from db.session import Database


async def add_account(
    url: str, username: str, display_name: str, roles: list[str], agency_id: str | None
) -> str:
    """Create an account; its one-time password. Raises ValueError in one line."""
    database = Database(url, pool_size=1)
    password = one_time_password()
    try:
        async with database.in_transaction() as session:
            await create_staff(session, username, display_name, password, roles, agency_id, True)
    except AccountError as error:
        raise ValueError(str(error)) from error
    finally:
        await database.close()
    return password


async def first_password(url: str) -> str | None:
    """A one-time password for the first administrator, until they chose their own."""
    database = Database(url, pool_size=1)
    try:
        async with database.in_transaction() as session:
            return await ensure_administrator(session)
    finally:
        await database.close()
