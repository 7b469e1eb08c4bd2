//! Where webhooks may go: addresses that everybody can reach. What is in the house (this machine, its
//! network, the metadata of a cloud) answers to us and must not answer to whoever enters a URL.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The longest URL.
const URL_MOST: usize = 2000;

/// Whether everybody can reach it.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_4(address),
        IpAddr::V6(address) => is_public_6(address),
    }
}

/// By the register of special addresses (RFC 6890 and what came after).
fn is_public_4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let special = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_broadcast()
        || address.is_documentation()
        || a == 0
        || a >= 224
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (b == 18 || b == 19));
    !special
}

/// Global unicast only, without what wraps an address of the other kind or stands for documentation.
fn is_public_6(address: Ipv6Addr) -> bool {
    let segments = address.segments();
    if let Some(inner) = address.to_ipv4_mapped() {
        return is_public_4(inner);
    }
    // The well-known prefix of NAT64: what it leads to is an address of the other kind.
    if segments[..6] == [0x64, 0xff9b, 0, 0, 0, 0] {
        let [.., high, low] = segments;
        return is_public_4(Ipv4Addr::from((u32::from(high) << 16) | u32::from(low)));
    }
    let global = segments[0] & 0xe000 == 0x2000;
    let special = (segments[0] == 0x2001 && (segments[1] < 0x0200 || segments[1] == 0x0db8))
        || segments[0] == 0x2002
        || (segments[0] == 0x3fff && segments[1] < 0x1000);
    global && !special
}

/// What is wrong with a URL, before it is known where its name leads. `private` allows what is in the
/// house, also without encryption.
pub fn fault(url: &str, private: bool) -> Option<String> {
    if url.len() > URL_MOST {
        return Some(format!("must be at most {URL_MOST} characters"));
    }
    let Ok(uri) = url.parse::<ureq::http::Uri>() else {
        return Some("is no URL: write https://shop.example/webhooks".into());
    };
    let scheme = uri.scheme_str().unwrap_or_default();
    let Some(authority) = uri.authority() else {
        return Some("names no host: write https://shop.example/webhooks".into());
    };
    if scheme != "https" && !(private && scheme == "http") {
        return Some("must begin with https://".into());
    }
    if authority.as_str().contains('@') {
        return Some("must hold no name and no password: what is signed needs none".into());
    }
    let host = authority
        .host()
        .trim_start_matches('[')
        .trim_end_matches(']');
    let inside = host
        .parse::<IpAddr>()
        .is_ok_and(|address| !is_public(address));
    if inside && !private {
        return Some(PRIVATE.into());
    }
    None
}

/// What is said of a private address.
pub const PRIVATE: &str = "leads to a private address, which webhooks do not go to; the operator of the \
                           server allows them by --webhooks-private";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_in_the_house_is_not_public() {
        for inside in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "169.254.169.254",
            "0.0.0.0",
            "100.64.0.1",
            "100.127.0.1",
            "192.0.0.8",
            "198.18.0.1",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::1",
            "::",
            "fe80::1",
            "fc00::1",
            "fd12::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::a00:1",
            "64:ff9b::7f00:1",
            "2001:db8::1",
            "2002:7f00:1::",
            "2001::1",
            "::127.0.0.1",
        ] {
            assert!(
                !is_public(inside.parse().expect("is an address")),
                "{inside}"
            );
        }
        for outside in [
            "1.1.1.1",
            "8.8.8.8",
            "172.15.0.1",
            "172.32.0.1",
            "100.63.0.1",
            "100.128.0.1",
            "223.255.255.1",
            "2606:4700::1111",
            "2a00:1450::1",
            "::ffff:8.8.8.8",
            "64:ff9b::808:808",
        ] {
            assert!(
                is_public(outside.parse().expect("is an address")),
                "{outside}"
            );
        }
    }

    #[test]
    fn a_url_is_encrypted_and_leads_out_of_the_house() {
        for good in [
            "https://a.example/x?y=1",
            "https://a.example:8443",
            "https://8.8.8.8/",
        ] {
            assert_eq!(fault(good, false), None, "{good}");
        }
        for bad in [
            "http://a.example/",
            "ftp://a.example/",
            "a.example",
            "/hooks",
            "https://me:pw@a.example/",
            "https://127.0.0.1/",
            "https://[::1]:8080/",
            "https://192.168.0.1/",
            "",
            "https://",
        ] {
            assert!(fault(bad, false).is_some(), "{bad}");
        }
        assert_eq!(fault("http://127.0.0.1:99/x", true), None);
        assert!(fault("ftp://127.0.0.1/", true).is_some());
        assert!(fault(&format!("https://a.example/{}", "x".repeat(3000)), true).is_some());
    }
}
