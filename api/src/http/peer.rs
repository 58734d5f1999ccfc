//! Whose request it is: the address of the client, behind proxies that are trusted.

use std::net::{IpAddr, SocketAddr};

use ipnet::IpNet;

/// The address of the client that sent a request from `peer` with these values of
/// `X-Forwarded-For`. A proxy that is trusted tells for whom it asks; what anyone else
/// tells is not believed.
pub fn client_address<'a>(
    peer: IpAddr,
    forwarded_for: impl DoubleEndedIterator<Item = &'a str>,
    trusted: &[IpNet],
) -> IpAddr {
    let is_trusted = |address: &IpAddr| trusted.iter().any(|network| network.contains(address));
    let mut client = peer.to_canonical();
    for value in forwarded_for.rev() {
        for hop in value.rsplit(',') {
            if !is_trusted(&client) {
                return client;
            }
            match parse(hop.trim()) {
                Some(address) => client = address,
                None => return client,
            }
        }
    }
    client
}

/// An address, perhaps with a port.
fn parse(text: &str) -> Option<IpAddr> {
    let bare = text.trim_start_matches('[').trim_end_matches(']');
    bare.parse::<IpAddr>()
        .ok()
        .or_else(|| text.parse::<SocketAddr>().ok().map(|socket| socket.ip()))
        .map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(peer: &str, forwarded: &[&str]) -> String {
        let trusted = ["127.0.0.1/32", "10.0.0.0/8"].map(|network| network.parse().unwrap());
        client_address(peer.parse().unwrap(), forwarded.iter().copied(), &trusted).to_string()
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        assert_eq!(client("192.0.2.1", &["198.51.100.1"]), "192.0.2.1");
        assert_eq!(client("127.0.0.1", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(
            client("::ffff:127.0.0.1", &["198.51.100.1"]),
            "198.51.100.1"
        );
        assert_eq!(client("127.0.0.1", &[]), "127.0.0.1");
    }

    #[test]
    fn what_clients_write_before_the_proxy_does_not_count() {
        assert_eq!(
            client("127.0.0.1", &["203.0.113.9, 198.51.100.1, 10.1.1.1"]),
            "198.51.100.1"
        );
        assert_eq!(
            client("127.0.0.1", &["203.0.113.9", "198.51.100.1"]),
            "198.51.100.1"
        );
        assert_eq!(client("127.0.0.1", &["nonsense"]), "127.0.0.1");
        assert_eq!(client("127.0.0.1", &["[2001:db8::1]:443"]), "2001:db8::1");
    }
}
