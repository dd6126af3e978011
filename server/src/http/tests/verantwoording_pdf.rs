//! The account of a case as a PDF: read back with our own reader, and with Poppler (`pdfinfo`, `pdftotext`) as somebody
//! else's; and what a program without PDF answers.

#[cfg(not(feature = "pdf"))]
#[tokio::test]
async fn a_program_without_pdf_says_so_and_records_nothing() {
    use super::problem;
    use super::verantwoording::case;
    use axum::http::StatusCode;
    use serde_json::json;

    let office = case().await;
    let path = format!("/v1/zaken/{}/verantwoordingen", office.zaak.id);
    let asked = json!({"versie": "publiek", "vorm": "pdf"});
    let refused = office.post(&office.regisseur, &path, asked).await;
    let said = problem(refused, StatusCode::NOT_IMPLEMENTED).await;
    assert_eq!(said["type"], "urn:zoekenvind:probleem:niet-ingebouwd");
    let store = &office.site.app.store;
    assert_eq!(store.uitvoeren(&office.zaak.id).expect("list"), []);
    let page = format!("/zaken/{}/verantwoording", office.zaak.id);
    let page = super::text(office.get(&office.regisseur, &page).await).await;
    assert!(page.contains("Intern als ODT") && !page.contains("als PDF"));
}

#[cfg(feature = "pdf")]
mod with_pdf {
    use super::super::text;
    use super::super::toegang::Office;
    use super::super::verantwoording::{NAMES, account, case, file};
    use crate::audit::hex;
    use crate::uitvoer::verantwoording::Versie;
    use crate::uitvoer::verantwoording::masker::NAAM;
    use crate::uitvoer::verantwoording::pdf;
    use crate::uitvoer::verantwoording::pdf::tests::{
        assert_all_there, poppler, squeezed, tagged_text,
    };
    use crate::uitvoer::verantwoording::tekst::stuk;
    use serde_json::json;
    use sha2::{Digest, Sha256};
    use zv_indexer::read::{Input, Limits, Outcome, Output, Passwords, Reason, Stop, key, read};

    /// What our own reader finds: text and properties.
    #[derive(Default)]
    struct Found {
        text: String,
        properties: Vec<(String, String)>,
    }

    impl Output for Found {
        fn text(&mut self, text: &str) -> Result<(), Stop> {
            self.text.push_str(text);
            Ok(())
        }
        fn end_page(&mut self) -> Result<(), Stop> {
            self.text.push('\n');
            Ok(())
        }
        fn property(&mut self, key: &str, value: &str) -> Result<(), Stop> {
            self.properties.push((key.to_owned(), value.to_owned()));
            Ok(())
        }
        fn begin_child(&mut self, name: &str, _: &str) -> Result<(), Stop> {
            panic!("nothing is attached: {name}")
        }
        fn child_bytes(&mut self, _: &[u8]) -> Result<(), Stop> {
            Ok(())
        }
        fn end_child(&mut self, _: Option<Reason>) -> Result<(), Stop> {
            Ok(())
        }
    }

    fn read_back(pdf: &[u8]) -> Found {
        let mut input = Input {
            file: pdf.to_vec().into(),
            name: "verantwoording.pdf".into(),
            size: pdf.len() as u64,
            passwords: Passwords::default(),
        };
        let mut found = Found::default();
        let outcome = read("pdf", &mut input, &Limits::STANDARD, &mut found);
        assert_eq!(outcome, Outcome::Whole);
        found
    }

    async fn download(office: &Office, versie: &str) -> Vec<u8> {
        let asked = json!({"versie": versie, "vorm": "pdf"});
        file(office, &office.regisseur, asked).await
    }

    #[tokio::test]
    async fn the_pdf_says_all_that_the_other_forms_say() {
        let office = case().await;
        for versie in [Versie::Intern, Versie::Publiek] {
            let v = account(&office, versie);
            let stuk = stuk(&v);
            let made = pdf::bestand(&stuk, v.gemaakt).expect("a PDF");
            assert_all_there(&stuk, &made);
            let facts = poppler("pdfinfo", &[], &made);
            assert!(
                facts.contains("Title:           Zoekverantwoording 2026-7\n"),
                "{facts}"
            );
            assert!(facts.contains("Tagged:          yes\n"), "{facts}");
            let meta = poppler("pdfinfo", &["-meta"], &made);
            assert!(
                meta.contains("nl-NL") && meta.contains("pdfuaid:part>1<"),
                "{meta}"
            );
        }
    }

    #[tokio::test]
    async fn no_name_stands_in_the_public_pdf_whoever_reads_it_and_never_who_asked() {
        let office = case().await;
        let (intern, publiek) = (
            download(&office, "intern").await,
            download(&office, "publiek").await,
        );
        let readers = |pdf: &[u8]| {
            let ours = read_back(pdf);
            let title = (
                key::TITLE.to_owned(),
                "Zoekverantwoording 2026-7".to_owned(),
            );
            assert!(ours.properties.contains(&title), "{:?}", ours.properties);
            let poppler = [
                poppler("pdftotext", &["-raw"], pdf),
                poppler("pdfinfo", &["-meta"], pdf),
                tagged_text(pdf),
            ];
            (squeezed(&ours.text), poppler.map(|text| squeezed(&text)))
        };
        let (ours, [raw, meta, tagged]) = readers(&publiek);
        for text in [&ours, &raw, &meta, &tagged] {
            for name in NAMES {
                assert!(!text.to_lowercase().contains(name), "{name}: {text}");
            }
        }
        for text in [&ours, &raw, &tagged] {
            for said in [
                NAAM,
                "afdelingshoofd",
                "[verzoeker]",
                "1 zoekterm is gemaskeerd",
            ] {
                assert!(text.contains(&squeezed(said)), "{said}: {text}");
            }
        }
        let (ours, [raw, _, tagged]) = readers(&intern);
        for text in [&ours, &raw, &tagged] {
            for said in [
                "Els Wolkenveld",
                "Karel Jansen",
                "subsidie NIET nummer1",
                "van:Jansen OF nummer2",
            ] {
                assert!(text.contains(&squeezed(said)), "{said}: {text}");
            }
            assert!(!text.contains("Puk") && !text.contains(&squeezed(NAAM)));
        }
    }

    #[tokio::test]
    async fn the_page_offers_the_pdf_and_what_left_is_on_record() {
        let office = case().await;
        let page = format!("/zaken/{}/verantwoording", office.zaak.id);
        let page = text(office.get(&office.regisseur, &page).await).await;
        assert!(page.contains("Intern als PDF") && page.contains("Publiek als PDF"));
        let made = download(&office, "publiek").await;
        assert!(made.starts_with(b"%PDF-1.7"));
        let left = office
            .site
            .app
            .store
            .uitvoeren(&office.zaak.id)
            .expect("list");
        assert_eq!(left[0].soort, "verantwoording-publiek.pdf");
        assert_eq!(left[0].sha256, hex(&Sha256::digest(&made)));
    }
}
