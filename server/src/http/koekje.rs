//! Cookies: their names, and what a browser may do with them. Behind TLS each has `__Host-` before its name: a browser
//! then keeps it from other hosts and from plain HTTP, and only that one is read. Never holds what a cookie means.

use crate::settings::ServerSettings;
use axum::http::{HeaderMap, header};

/// Whether a cookie comes along when another website leads here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mee {
    /// Never.
    Nooit,
    /// When somebody follows a link: back from the provider.
    BijLink,
}

/// What a browser keeps under this name.
pub fn kept<'a>(headers: &'a HeaderMap, settings: &ServerSettings, name: &str) -> Option<&'a str> {
    let name = full(settings, name);
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(known, _)| *known == name)
        .map(|(_, value)| value)
}

/// The header that makes a browser keep `value`, for so many seconds or until it is closed.
pub fn keep(
    settings: &ServerSettings,
    (name, value): (&str, &str),
    along: Mee,
    seconds: Option<u32>,
) -> String {
    let site = match along {
        Mee::Nooit => "Strict",
        Mee::BijLink => "Lax",
    };
    let secure = if settings.is_https() { "; Secure" } else { "" };
    let age = seconds.map_or_else(String::new, |seconds| format!("; Max-Age={seconds}"));
    let name = full(settings, name);
    format!("{name}={value}; Path=/; HttpOnly; SameSite={site}{secure}{age}")
}

fn full(settings: &ServerSettings, name: &str) -> String {
    match settings.is_https() {
        true => format!("__Host-{name}"),
        false => name.to_owned(),
    }
}
