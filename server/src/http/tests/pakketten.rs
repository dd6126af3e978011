//! Packages of originals over the API: what is in them, what is not and why, and that they are what they say.

use super::lijsten::{archive, bytes, judged, local, searched, sent};
use super::{Site, header_of, problem, site_with};
use crate::audit::hex;
use crate::uitvoer::gronden::Oordeel;
use crate::uitvoer::tabel::tests::lezen::csv_rows;
use crate::zaken::schifting::veilig;
use axum::http::StatusCode;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs;
use std::io::{Cursor, Read};
use zv_indexer::source::Sources;
use zv_shared::ContentHash;

fn original(number: u8) -> Vec<u8> {
    format!("origineel {number}").into_bytes()
}

/// Four documents whose originals lie in a folder: the third was changed since, the fourth is gone.
fn with_originals(folder: &std::path::Path) -> Site {
    fs::create_dir_all(folder.join("map")).expect("folder");
    for number in 0..3 {
        let bytes = match number {
            2 => b"iets heel anders".to_vec(),
            number => original(number),
        };
        fs::write(folder.join(format!("map/{number:03}.txt")), bytes).expect("original");
    }
    let site = site_with(4, |document| {
        let number: u8 = document.title[5..8].parse().expect("a number");
        let bytes = original(number);
        document.content = Some(ContentHash(Sha256::digest(&bytes).into()));
        document.size = bytes.len() as u64;
        document.fingerprint.size = document.size;
    });
    Sources::register(&site.app.folder, folder, Some("archief")).expect("registered");
    site
}

async fn package(site: &Site, body: Value) -> axum::response::Response {
    sent(site, "/v1/zaken/lokaal/pakketten", body).await
}

pub(super) fn members(bytes: Vec<u8>) -> BTreeMap<String, Vec<u8>> {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).expect("zip");
    let mut members = BTreeMap::new();
    for at in 0..zip.len() {
        let mut member = zip.by_index(at).expect("member");
        let mut bytes = Vec::new();
        member.read_to_end(&mut bytes).expect("whole");
        members.insert(member.name().expect("name").into_owned(), bytes);
    }
    members
}

#[tokio::test]
async fn a_package_has_what_there_is_and_says_what_is_not() {
    let folder = tempfile::tempdir().expect("folder");
    let site = with_originals(folder.path());
    let nummer = searched(&site, "subsidie").await;
    let response = package(&site, json!({"zoekactie": nummer, "tekst": true})).await;
    assert_eq!(header_of(&response, "uitvoer-aantal"), "2");
    let warning = header_of(&response, "uitvoer-waarschuwing").to_owned();
    assert_eq!(warning, "2 onderdelen ontbreken; zie ontbreekt.csv");
    let head = header_of(&response, "uitvoer-hoofd").to_owned();
    let members = members(bytes(response).await);
    for (number, name) in [(0, "lokaal-00000001"), (1, "lokaal-00000002")] {
        assert_eq!(members[&format!("originelen/{name}.txt")], original(number));
    }
    assert_eq!(
        members
            .keys()
            .filter(|name| name.starts_with("originelen/"))
            .count(),
        2
    );
    let text = String::from_utf8(members["tekst/lokaal-00000004.txt"].clone()).expect("text");
    assert_eq!(text, "De subsidie met <b>nummer3</b> is verleend.");
    let about: Value =
        serde_json::from_slice(&members["metadata/lokaal-00000001.json"]).expect("json");
    assert_eq!(about["document"]["pad"], "map/000.txt");
    let manifest = csv_rows(&members["manifest.csv"][3..], b';');
    // Every file of the package stands in it but itself and the list of hashes.
    let listed: Vec<&str> = manifest[1..].iter().map(|row| row[0].as_str()).collect();
    let own = ["manifest.csv", "manifest.sha256"];
    let there = members.keys().map(String::as_str);
    let there: Vec<&str> = there.filter(|name| !own.contains(name)).collect();
    let mut sorted = listed.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, there);
    for row in &manifest[1..] {
        assert_eq!(hex(&Sha256::digest(&members[&row[0]])), row[1], "{row:?}");
        assert_eq!(members[&row[0]].len().to_string(), row[2], "{row:?}");
    }
    let kinds = |kind: &str| manifest[1..].iter().filter(|row| row[8] == kind).count();
    assert_eq!((kinds("origineel"), kinds("gelezen tekst")), (2, 4));
    assert_eq!((kinds("metadata van Zoek & Vind"), kinds("lijst")), (4, 2));
    assert_eq!(
        manifest[1][..3],
        [
            "originelen/lokaal-00000001.txt",
            &hex(&Sha256::digest(original(0))),
            "11"
        ]
    );
    let missing = csv_rows(&members["ontbreekt.csv"][3..], b';');
    assert_eq!(
        (missing[1][0].as_str(), missing[1][4].as_str()),
        (
            "lokaal-00000003",
            "het bestand is gewijzigd sinds het is geïndexeerd"
        )
    );
    assert_eq!(missing[2][0], "lokaal-00000004");
    assert!(
        missing[2][4].contains("staat niet meer in de bron"),
        "{missing:?}"
    );
    let about: Value = serde_json::from_slice(&members["pakket.json"]).expect("json");
    assert_eq!(about["hoofd"].as_str(), Some(head.as_str()));
    let hashes = String::from_utf8(members["manifest.sha256"].clone()).expect("text");
    assert_eq!(hashes.lines().count(), members.len() - 1);
    for line in hashes.lines() {
        let (hash, name) = line.split_once("  ").expect("two parts");
        assert_eq!(hex(&Sha256::digest(&members[name])), hash, "{name}");
    }
    assert_eq!(
        fs::read_dir(site.app.folder.join("uitvoer"))
            .expect("folder")
            .count(),
        0
    );
    assert_eq!(
        site.app.store.uitvoeren("lokaal").expect("records")[0].soort,
        "pakket.zip"
    );
}

#[tokio::test]
async fn an_original_that_changed_unseen_is_taken_back_out() {
    let folder = tempfile::tempdir().expect("folder");
    let site = with_originals(folder.path());
    // As long as before and as old as before: only its hash tells.
    fs::write(folder.path().join("map/001.txt"), b"ORIGINEEL 1").expect("changed");
    let nummer = searched(&site, "subsidie").await;
    let members = members(bytes(package(&site, json!({"zoekactie": nummer})).await).await);
    let originals: Vec<&String> = members
        .keys()
        .filter(|name| name.starts_with("originelen/"))
        .collect();
    assert_eq!(originals, ["originelen/lokaal-00000001.txt"]);
    assert!(!members.keys().any(|name| name.starts_with("tekst/")));
}

#[tokio::test]
async fn what_the_case_kept_stands_in_for_a_source_that_lost_it() {
    let folder = tempfile::tempdir().expect("folder");
    let site = with_originals(folder.path());
    let (actor, zaak) = local(&site);
    let wanted = json!({"relevant": true});
    problem(
        package(&site, wanted.clone()).await,
        StatusCode::UNPROCESSABLE_ENTITY,
    )
    .await;
    judged(&site, 0..4, Oordeel::Openbaar);
    let zicht = site.app.zicht(&actor, Some(&zaak.id)).expect("seen");
    site.app.number(&zicht, false).expect("numbered");
    let kept = veilig::folder(&site.app.folder);
    fs::create_dir_all(&kept).expect("folder");
    fs::write(kept.join(hex(&Sha256::digest(original(3)))), original(3)).expect("kept");
    let members = members(bytes(package(&site, wanted).await).await);
    let originals: Vec<&String> = members
        .keys()
        .filter(|name| name.starts_with("originelen/"))
        .collect();
    assert_eq!(
        originals,
        [
            "originelen/0001.txt",
            "originelen/0002.txt",
            "originelen/0004.txt"
        ]
    );
    let manifest = csv_rows(&members["manifest.csv"][3..], b';');
    let kept = manifest.iter().find(|row| row[0] == "originelen/0004.txt");
    let kept = kept.expect("in the manifest");
    assert_eq!(
        (kept[6].as_str(), kept[7].as_str()),
        ("0004", "kopie van de zaak")
    );
}

#[tokio::test]
async fn without_a_source_everything_is_missing_and_the_package_says_so() {
    let site = archive(2);
    let nummer = searched(&site, "subsidie").await;
    let response = package(&site, json!({"zoekactie": nummer})).await;
    assert_eq!(header_of(&response, "uitvoer-aantal"), "0");
    let members = members(bytes(response).await);
    let missing = csv_rows(&members["ontbreekt.csv"][3..], b';');
    assert_eq!(missing.len(), 3);
    assert!(missing[1][4].contains("niet bereikbaar"), "{missing:?}");
}

#[tokio::test]
async fn metadata_that_lies_beside_an_original_goes_along() {
    let folder = tempfile::tempdir().expect("folder");
    let site = with_originals(folder.path());
    let lies = |name: &str, text: &str| {
        fs::write(folder.path().join("map").join(name), text).expect("written");
    };
    lies("000.txt.bestand.MDTO.xml", "<MDTO>nul</MDTO>");
    lies("000.mdto.xml", "<MDTO>stuk</MDTO>");
    lies("001.txt.metadata", "<ToPX>een</ToPX>");
    lies("001.txt.opex", &"x".repeat((16 << 20) + 1));
    lies("0011.txt.mdto.xml", "van een ander");
    std::os::unix::fs::symlink("/etc/passwd", folder.path().join("map/000.txt.opex"))
        .expect("a link");
    let nummer = searched(&site, "subsidie").await;
    let response = package(&site, json!({"zoekactie": nummer})).await;
    let members = members(bytes(response).await);
    let text = |name: &str| String::from_utf8_lossy(&members[name]).into_owned();
    let manifest = csv_rows(&members["manifest.csv"][3..], b';');
    for (name, path, held) in [
        (
            "metadata/lokaal-00000001.txt.bestand.MDTO.xml",
            "map/000.txt.bestand.MDTO.xml",
            "<MDTO>nul</MDTO>",
        ),
        (
            "metadata/lokaal-00000001.mdto.xml",
            "map/000.mdto.xml",
            "<MDTO>stuk</MDTO>",
        ),
        (
            "metadata/lokaal-00000002.txt.metadata",
            "map/001.txt.metadata",
            "<ToPX>een</ToPX>",
        ),
    ] {
        assert_eq!(text(name), held);
        let row = manifest.iter().find(|row| row[0] == name);
        let row = row.expect("in the manifest");
        assert_eq!(
            [&row[1], &row[4], &row[7], &row[8]],
            [
                &hex(&Sha256::digest(held)),
                path,
                "bron",
                "metadata uit de bron"
            ]
        );
        assert!(text("manifest.sha256").contains(&format!("{}  {name}\n", row[1])));
    }
    let from_source = manifest
        .iter()
        .filter(|row| row[8] == "metadata uit de bron");
    assert_eq!(from_source.count(), 3);
    let missing = csv_rows(&members["ontbreekt.csv"][3..], b';');
    let reasons: Vec<&str> = missing.iter().map(|row| row[4].as_str()).collect();
    for why in [
        "het metadatabestand map/001.txt.opex: het bestand is te groot voor metadata",
        "het metadatabestand map/000.txt.opex: het bestand kan niet worden gelezen",
    ] {
        assert!(reasons.contains(&why), "{reasons:?}");
    }
    assert!(!members.values().any(|bytes| bytes.starts_with(b"root:")));
}
