"""`langnghe health`: whether the worker or receiver of this container is at work.

That a process exists says little: an event loop can hang. So each is asked for what it must
do all the time. A worker asks PostgreSQL for jobs every second and beats every few seconds; a
receiver holds a connection to Telegram open, or with a webhook answers on its own port.
"""

import os
from collections.abc import Iterable

import httpx
import psutil
from sqlalchemy import create_engine, make_url, text

from app.services import reachable_host
from app.settings import Settings
from bot.webhook import HEALTH_PATH
from db.session import sqlalchemy_url

DATABASE_PORT = 5432

_WORKER = text(
    """
    select
        exists (
            select from procrastinate_workers
            where last_heartbeat > now() - make_interval(secs => :silence)
        ) as beats,
        exists (
            select from pg_stat_activity
            where datname = current_database() and pid <> pg_backend_pid()
                and application_name = current_setting('application_name')
                and client_addr is not distinct from inet_client_addr()
                and state_change > now() - make_interval(secs => :silence)
        ) as works
    """
)


class Unhealthy(ValueError):
    """A process is not at work; the message says what is missing."""


def check_worker(settings: Settings, url: str) -> None:
    """Whether this container's worker or sender does jobs. Raises Unhealthy, or OperationalError
    when the database does not answer.

    Any worker's heartbeat would hide a replica that hangs. Heartbeats do not name their
    worker, so PostgreSQL is also asked for recent work from this address under this
    `application_name` (PGAPPNAME): in a container that is its own worker.
    """
    silence = 4 * settings.worker_heartbeat_seconds
    engine = create_engine(sqlalchemy_url(url))
    try:
        with engine.connect() as connection:
            row = connection.execute(_WORKER, {"silence": silence}).one()
    finally:
        engine.dispose()
    if not row.beats:
        raise Unhealthy(f"no worker beat in the last {silence:.0f} seconds")
    if not row.works:
        raise Unhealthy(f"this worker asked for no job in the last {silence:.0f} seconds")


def check_receiver(url: str) -> None:
    """Raises Unhealthy unless a receiver runs here with a connection beyond the database."""
    receivers = [process for process in psutil.process_iter() if _is_receiver(process)]
    if not receivers:
        raise Unhealthy("no receiver runs here")
    database_port = make_url(url).port or DATABASE_PORT
    if not any(_ports(receivers) - {database_port}):
        raise Unhealthy("the receiver has no connection to Telegram")


def check_webhook(settings: Settings) -> None:
    """Raises Unhealthy unless the receiver answers here and reaches the database."""
    host = reachable_host(settings.webhook_host)
    try:
        url = f"http://{host}:{settings.webhook_port}{HEALTH_PATH}"
        answer = httpx.get(url, timeout=10, trust_env=False)
    except httpx.HTTPError as error:
        raise Unhealthy(f"the webhook does not answer ({type(error).__name__})") from None
    if not answer.is_success:
        raise Unhealthy("the webhook does not reach the database")


def _is_receiver(process: psutil.Process) -> bool:
    """Whether this is a receiver of ours: another user's connections cannot be seen."""
    try:
        words, user = process.cmdline(), process.uids().real
    except psutil.Error:
        return False  # It ended in the meantime, or is none of ours.
    return words[-1:] == ["receiver"] and "health" not in words and user == os.getuid()


def _ports(processes: Iterable[psutil.Process]) -> set[int]:
    """The remote ports that these processes are connected to."""
    return {
        connection.raddr.port
        for process in processes
        for connection in process.net_connections("tcp")
        if connection.status == psutil.CONN_ESTABLISHED and connection.raddr
    }
