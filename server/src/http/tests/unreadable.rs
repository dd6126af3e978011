//! The page of what could not, or not wholly, be read: nothing is missing from it, and who looked at what stays.

use super::{header_of, location, site, site_with, text};
use axum::http::StatusCode;
use zv_shared::{ContentHash, DocId, Document, Readability};

/// Every third document could be read.
fn change(document: &mut Document) {
    let number: u8 = document.title[5..8].parse().expect("number");
    document.content = Some(ContentHash([number; 32]));
    (document.readability, document.reason) = match number % 3 {
        0 => return,
        1 => (Readability::Onleesbaar, Some("beschadigd: kop".into())),
        _ => (
            Readability::Gedeeltelijk,
            Some("=grens bereikt: tekst".into()),
        ),
    };
}

fn id(number: u8) -> DocId {
    DocId::of_file("archief", format!("{number:03}.txt").as_bytes(), 0)
}

fn shown(page: &str) -> usize {
    page.matches("name=\"getoond\"").count()
}

/// The address behind the link that says `words`.
fn link<'a>(page: &'a str, words: &str) -> Option<&'a str> {
    let end = page.find(&format!("\" rel=\"next\">{words}</a>"))?;
    page[..end].rsplit("href=\"").next()
}

#[tokio::test]
async fn every_document_is_listed_once_and_exported() {
    let site = site_with(180, change);
    let mut address = "/onleesbaar".to_owned();
    let mut total = 0;
    loop {
        let page = text(site.get(&address).await).await;
        assert!(page.contains("120 documenten") && page.contains("waarvan 0 handmatig"));
        assert!(page.contains("beschadigd") && page.contains("Bijvoorbeeld: beschadigd: kop"));
        total += shown(&page);
        let back = page.contains("rel=\"prev\">Vorige</a>");
        assert_eq!(back, address != "/onleesbaar", "{address}");
        match link(&page, "Volgende") {
            Some(next) => address = next.replace("&#38;", "&"),
            None => break,
        }
    }
    assert_eq!(total, 120);
    let csv = site.get("/onleesbaar.csv").await;
    assert_eq!(header_of(&csv, "content-type"), "text/csv; charset=utf-8");
    let csv = text(csv).await;
    assert!(csv.starts_with("\u{feff}bron;pad;titel;"), "{csv}");
    assert_eq!(csv.matches("\r\n").count(), 121);
    assert!(csv.contains(";beschadigd: kop;") && csv.contains(";'=grens bereikt: tekst;"));
}

#[tokio::test]
async fn a_mark_says_who_and_when_and_ends_with_the_bytes() {
    let site = site_with(9, change);
    let state = |number: u8| ContentHash([number; 32]).to_string();
    let form = |ticked: &str, number: u8| {
        let (id, state) = (id(number), state(number));
        format!("wie=J.+de+Wit&notitie=foto&toon=nieuw&getoond={id}+{state}{ticked}")
    };
    let ticked = format!("&bekeken={}", id(1));
    let answer = site.post("/onleesbaar/bekeken", &form(&ticked, 1)).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    let page = text(site.get(&location(&answer)).await).await;
    assert!(page.contains("Opgeslagen") && page.contains("waarvan 1 handmatig"));
    assert_eq!(shown(&page), 5, "what was viewed is not among the new ones");
    assert!(
        page.contains("value=\"J. de Wit\""),
        "the name is remembered"
    );
    let all = text(site.get("/onleesbaar").await).await;
    assert!(all.contains("door J. de Wit, ") && all.contains(": foto") && shown(&all) == 6);
    let csv = text(site.get("/onleesbaar.csv").await).await;
    assert!(csv.contains(";ja;J. de Wit;") && csv.contains(";foto\r\n"));
    let new = text(site.get("/onleesbaar.csv?toon=nieuw").await).await;
    assert_eq!(new.matches("\r\n").count(), 6);

    // Other bytes than those that were on the page: nobody saw them.
    let (second, wrong) = (id(2), state(9));
    let form_of_old = format!("wie=x&getoond={second}+{wrong}&bekeken={second}");
    site.post("/onleesbaar/bekeken", &form_of_old).await;
    site.post("/onleesbaar/bekeken", &form("", 1)).await;
    let page = text(site.get("/onleesbaar").await).await;
    assert!(page.contains("waarvan 0 handmatig"));

    let nameless = format!("getoond={}+{}&bekeken={}", id(1), state(1), id(1));
    let refused = site.post("/onleesbaar/bekeken", &nameless).await;
    assert_eq!(refused.status(), StatusCode::BAD_REQUEST);
    for wrong in ["kleur=rood", "getoond=x", "na=%0d%0ax:y", "bekeken=1"] {
        let answer = site.post("/onleesbaar/bekeken", wrong).await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{wrong}");
    }
}

#[tokio::test]
async fn when_all_was_read_the_page_says_so_and_an_old_place_shows_the_first_page() {
    let page = text(site(3).get("/onleesbaar").await).await;
    assert!(page.contains("Alles wat is ingelezen, is helemaal gelezen."));
    let site = site_with(3, change);
    let page = text(site.get("/onleesbaar?na=onzin").await).await;
    assert!(page.contains("Hieronder staat de eerste bladzijde") && shown(&page) == 2);
}
