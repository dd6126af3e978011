//! From which address a request comes. What a proxy tells of it is believed only of the proxies in the settings, and
//! taken away before anything else sees it. Holds back one address that asks too much. Never writes an address down.

use crate::mensen::rem::caller;
use crate::problem::{Kind, Problem};
use crate::state::App;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderName};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use std::collections::BTreeSet;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

/// What proxies tell.
const FORWARDED: HeaderName = HeaderName::from_static("x-forwarded-for");
const OTHERS: [&str; 5] = [
    "forwarded",
    "x-forwarded-host",
    "x-forwarded-port",
    "x-forwarded-proto",
    "x-real-ip",
];
/// So many times what one account may ask, one address may: a whole office may be behind it.
const OFFICE: u32 = 10;

/// The address from which a request comes; none when it comes from inside the program.
#[derive(Clone, Copy, Debug, Default)]
pub struct Vanaf(pub Option<IpAddr>);

/// Notes the address, and refuses what does not come by the proxy or comes too often.
pub async fn note(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    let known = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let peer = known.map(|known| known.0.ip().to_canonical());
    let settings = &app.settings;
    let by_proxy = peer.is_some_and(|peer| settings.proxy.contains(&peer));
    let only_by_proxy = settings.tls.is_none() && !settings.proxy.is_empty();
    if only_by_proxy && !by_proxy && peer.is_some_and(|peer| !peer.is_loopback()) {
        let detail = "Kom via het adres dat u van de beheerder kreeg: hier is de verbinding niet versleuteld.";
        return Problem::new(Kind::AndereHost, detail).into_response();
    }
    let from = match by_proxy {
        true => forwarded(request.headers(), &settings.proxy).or(peer),
        false => peer,
    };
    request.headers_mut().remove(FORWARDED);
    for name in OTHERS {
        request.headers_mut().remove(name);
    }
    if let Some(address) = from.filter(|address| !address.is_loopback()) {
        let each = u32::from(settings.verzoeken_per_seconde).saturating_mul(OFFICE);
        let who = format!("adres {}", caller(Some(address)));
        if let Err(wait) = app.rem.take(&who, each) {
            return Problem::too_often(wait).into_response();
        }
    }
    request.extensions_mut().insert(Vanaf(from));
    next.run(request).await
}

/// For whom a proxy asks: the last address in the list that is no proxy of ours. What stands before it anybody may have
/// written.
fn forwarded(headers: &HeaderMap, proxies: &BTreeSet<IpAddr>) -> Option<IpAddr> {
    let values: Vec<&str> = headers
        .get_all(FORWARDED)
        .iter()
        .map(|value| value.to_str().unwrap_or_default())
        .collect();
    let all = values.join(",");
    for one in all.rsplit(',') {
        let address: IpAddr = one.trim().parse().ok()?;
        if !proxies.contains(&address.to_canonical()) {
            return Some(address.to_canonical());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_our_own_proxy_added_is_believed() {
        let proxies = ["10.0.0.1", "10.0.0.2"].map(|one| one.parse().expect("address"));
        let proxies = BTreeSet::from(proxies);
        let told = |lines: &[&str]| {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append(FORWARDED, line.parse().expect("header"));
            }
            forwarded(&headers, &proxies).map(|address| address.to_string())
        };
        assert_eq!(told(&["192.0.2.7"]).as_deref(), Some("192.0.2.7"));
        // What a browser claims itself comes first, and does not count.
        assert_eq!(
            told(&["127.0.0.1, 192.0.2.7"]).as_deref(),
            Some("192.0.2.7")
        );
        assert_eq!(
            told(&["127.0.0.1", "192.0.2.7, 10.0.0.2"]).as_deref(),
            Some("192.0.2.7")
        );
        assert_eq!(told(&["::ffff:192.0.2.7"]).as_deref(), Some("192.0.2.7"));
        for nothing in [
            &["10.0.0.2"][..],
            &[],
            &["192.0.2.7, onzin"],
            &["192.0.2.7:80"],
            &[""],
        ] {
            assert_eq!(told(nothing), None, "{nothing:?}");
        }
    }
}
