//! The bundle of the account of a case: every table, every term, and hashes that hold.

use super::*;

#[tokio::test]
async fn a_bundle_holds_every_term_and_its_own_hashes() {
    let office = case().await;
    let path = format!("/v1/zaken/{}/bundels", office.zaak.id);
    let response = office.post(&office.specialist, &path, json!({})).await;
    assert_eq!(response.status(), StatusCode::OK);
    let bytes = to_bytes(response.into_body(), usize::MAX)
        .await
        .expect("body");
    let mut zip = ZipArchive::new(Cursor::new(bytes.to_vec())).expect("zip");
    let mut member = |name: &str| {
        let mut text = String::new();
        zip.by_name(name)
            .expect(name)
            .read_to_string(&mut text)
            .expect("text");
        text
    };
    let manifest = member("manifest.sha256");
    let (parts, head) = manifest.trim_end().rsplit_once('\n').expect("lines");
    let head: Head = head
        .strip_prefix("# auditspoor ")
        .expect("head")
        .parse()
        .expect("a head");
    let names: Vec<&str> = parts
        .lines()
        .map(|line| line.split_once("  ").expect("line").1)
        .collect();
    let expected = [
        "samenvatting.csv",
        "zoekacties.csv",
        "termen.csv",
        "woordenlijsten.csv",
        "bronnen.csv",
        "vragen-aan-personen.csv",
        "schifting.csv",
        "steekproeven.csv",
        "niet-leesbaar.csv",
        "instellingen.json",
        "verantwoording-intern.html",
        "verantwoording-publiek.html",
    ];
    assert_eq!(names, expected);
    for line in parts.lines() {
        let (hash, name) = line.split_once("  ").expect("line");
        assert_eq!(hex(&Sha256::digest(member(name))), hash, "{name}");
        assert!(!member(name).contains("Puk"), "{name}");
    }
    let termen = member("termen.csv");
    for (actie, term) in [
        ("1;1", "subsidie"),
        ("1;1", "nummer1"),
        ("2;1", "van:Jansen"),
        ("2;1", "nummer2"),
        ("3;", "dossier"),
        ("3;", "=nummer0"),
    ] {
        let there = termen
            .lines()
            .any(|line| line.starts_with(actie) && line.contains(term));
        assert!(there, "{term}: {termen}");
    }
    assert_eq!(member("zoekacties.csv").lines().count(), 4);
    let woorden = member("woordenlijsten.csv");
    for (row, term) in [(0, "dossier"), (1, "kwestie-Jansen"), (2, "havendossier")] {
        let line = woorden.lines().nth(row + 1).unwrap_or_default();
        let begins = line.starts_with("zaak;Woorden van Jansen;1;");
        assert!(
            begins && line.ends_with(&format!(";1;{term};zelfde")),
            "{woorden}"
        );
    }
    let list = "Woorden van Jansen (van de zaak), versie 1 (";
    let there = |line: &str| line.contains("havendossier;synoniem;ja") && line.contains(list);
    assert!(termen.lines().any(there), "{termen}");
    assert!(member("niet-leesbaar.csv").contains("map/003.txt"));
    assert!(member("bronnen.csv").contains("papieren archief;nee;"));
    assert!(
        !member("verantwoording-publiek.html")
            .to_lowercase()
            .contains("wolkenveld")
    );
    let settings: Value = serde_json::from_str(&member("instellingen.json")).expect("json");
    assert_eq!(settings["zoekacties"].as_array().map(Vec::len), Some(3));
    let listed = office
        .get(
            &office.regisseur,
            &format!("/v1/zaken/{}/uitvoer", office.zaak.id),
        )
        .await;
    let listed: Value = serde_json::from_str(&text(listed).await).expect("json");
    assert_eq!(listed[0]["sha256"], hex(&Sha256::digest(&bytes)));
    assert_eq!(
        (&listed[0]["soort"], &listed[0]["aantal"]),
        (&json!("bundel.zip"), &json!(3))
    );
    let store = &office.site.app.store;
    assert_eq!(store.check_audit(&[head]).expect("checked").broken, None);
    assert_eq!(
        store
            .audit_entries("uitvoer.gemaakt")
            .expect("entries")
            .len(),
        1
    );
}
