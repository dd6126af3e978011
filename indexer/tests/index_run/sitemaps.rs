//! What is public already, named by sitemaps with DiWoo that lie beside the documents: as a user notices it.

use super::Archive;
use super::exports::{faults, told};
use std::fs;
use zv_indexer::dms::{ExportRules, Koppeling, Vorm};
use zv_indexer::source::{SourceRules, Sources};
use zv_shared::Public;

fn url(name: &str, title: &str) -> String {
    format!(
        "<url><loc>https://open.voorbeeld.nl/docs/{name}</loc><diwoo:Document><diwoo:DiWoo><diwoo:publisher>Gemeente \
         Voorbeeld</diwoo:publisher><diwoo:titelcollectie><diwoo:officieleTitel>{title}</diwoo:officieleTitel>\
         </diwoo:titelcollectie><diwoo:documenthandelingen><diwoo:documenthandeling><diwoo:soortHandeling>vaststelling\
         </diwoo:soortHandeling><diwoo:atTime>2023-05-10T10:00:00Z</diwoo:atTime></diwoo:documenthandeling>\
         </diwoo:documenthandelingen></diwoo:DiWoo></diwoo:Document></url>"
    )
}

fn sitemap(urls: &[String]) -> String {
    let urls = urls.concat();
    format!(
        "<?xml version=\"1.0\"?><urlset xmlns:diwoo=\"https://standaarden.overheid.nl/diwoo/metadata/\">{urls}</urlset>"
    )
}

pub fn sitemaps_name_what_is_public_and_are_no_documents() {
    let archive = Archive::new();
    archive.write("docs/besluit.txt", "Het besluit over de kade.");
    archive.run();
    let list = "<sitemapindex><sitemap><loc>https://open.voorbeeld.nl/s1.xml</loc></sitemap><sitemap>\
        <loc>https://open.voorbeeld.nl/s2.xml</loc></sitemap></sitemapindex>";
    archive.write("sitemap.xml", list);
    let named = [url("besluit.txt", "Besluit kade"), url("weg.txt", "Weg")];
    archive.write("s1.xml", &sitemap(&named));
    let rules = SourceRules {
        public: true,
        export: ExportRules {
            list: Some(Koppeling {
                lijst: "sitemap.xml".into(),
                vorm: Vorm::Diwoo,
                voorvoegsel: "https://open.voorbeeld.nl/".into(),
                ..Koppeling::default()
            }),
            ..ExportRules::default()
        },
        ..SourceRules::default()
    };
    Sources::set_rules(&archive.state, "archief", rules).unwrap();
    let account = archive.run();
    let found = archive.document("docs/besluit.txt");
    assert_eq!(found.title, "Besluit kade");
    assert_eq!(found.dates.document.unwrap().date.to_string(), "2023-05-10");
    let published = found.relations.published.unwrap();
    assert_eq!(published.how, Public::Gelijk);
    assert_eq!(
        published.place,
        "https://open.voorbeeld.nl/docs/besluit.txt"
    );
    // Who may use what is public need not be said.
    assert!(!found.metadata.iter().any(|(name, _)| name == "let op"));
    assert_eq!((account.documenten, account.overgeslagen), (1, 2));
    assert_eq!(told(&account).beschrijvingen, 2);
    let named = faults(&archive, &account);
    let about = |path: &str| named.get(path).cloned().unwrap_or_default().join("; ");
    assert!(
        about("docs/weg.txt").contains("regel 2 van s1.xml"),
        "{named:?}"
    );
    assert!(
        about("s2.xml").contains("sitemap is niet gelezen"),
        "{named:?}"
    );
    // Without the list there is nothing to go by.
    fs::write(archive.path("sitemap.xml"), "<sitemapindex><sitemap>").unwrap();
    let failed = archive.try_run().unwrap_err().to_string();
    assert!(failed.contains("sitemap.xml"), "{failed}");
    assert_eq!(archive.document("docs/besluit.txt").title, "Besluit kade");
}
