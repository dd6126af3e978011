//! The files that pages load: built into the program, named by their content so that browsers may keep them.

use crate::problem::Problem;
use crate::state::App;
use axum::Router;
use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use sha2::{Digest, Sha256};
use std::sync::{Arc, LazyLock};

const CSS: &str = include_str!("../../assets/zv.css");
const JS: &str = include_str!("../../assets/zv.js");
const ICON: &str = include_str!("../../assets/zv.svg");

static CSS_ADDRESS: LazyLock<String> = LazyLock::new(|| address("zv.css", CSS));
static JS_ADDRESS: LazyLock<String> = LazyLock::new(|| address("zv.js", JS));

/// Address of the stylesheet.
pub fn css() -> &'static str {
    &CSS_ADDRESS
}

/// Address of the script.
pub fn js() -> &'static str {
    &JS_ADDRESS
}

fn address(name: &str, content: &str) -> String {
    let hash: String = Sha256::digest(content).iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    format!("/assets/{name}?v={hash}")
}

/// The routes.
pub fn router() -> Router<Arc<App>> {
    Router::new().route("/assets/{name}", get(asset))
}

async fn asset(Path(name): Path<String>) -> Result<Response, Problem> {
    let (kind, content) = match name.as_str() {
        "zv.css" => ("text/css; charset=utf-8", CSS),
        "zv.js" => ("text/javascript; charset=utf-8", JS),
        "zv.svg" => ("image/svg+xml", ICON),
        _ => return Err(Problem::not_found("Dit bestand bestaat niet.")),
    };
    let keep = "public, max-age=31536000, immutable";
    Ok(([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, keep)], content).into_response())
}
