from __future__ import annotations

import socket
import struct
import sys

import pytest

from ops.ports import reserved_port

IP_LOCAL_PORT_RANGE = 51  # since Linux 6.3; Python has no name for it yet


def test_whoever_is_told_of_it_listens_there_as_often_as_they_like() -> None:
    with reserved_port() as port:
        for _ in range(2):
            with (
                socket.create_server(("127.0.0.1", port)) as server,
                socket.create_connection(("127.0.0.1", port)),
            ):
                server.accept()[0].close()


def test_a_port_that_is_wanted_is_the_one() -> None:
    with reserved_port() as port, reserved_port(port) as again:
        assert again == port


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere it is only likely to stay free")
def test_who_takes_any_port_is_not_given_it() -> None:
    with reserved_port() as port, socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:  # no other is any to it
            other.setsockopt(socket.IPPROTO_IP, IP_LOCAL_PORT_RANGE, struct.pack("I", port << 16 | port))
        except OSError:
            pytest.skip("This kernel has one range for all of its sockets.")
        with pytest.raises(OSError, match="in use"):
            other.bind(("127.0.0.1", 0))
