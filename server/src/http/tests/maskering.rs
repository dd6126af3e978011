//! A term that was masked by mistake is shown again, over the API and on the page, and both stay on record.

use super::schiftingen::{Office, json_of};
use super::{location, problem};
use crate::mensen::Rol;
use axum::http::StatusCode;
use serde_json::json;

#[tokio::test]
async fn masking_can_be_undone_and_done_again() {
    let office = Office::new(1);
    let els = office.granted("els", &[Rol::WooJurist]);
    let terms = "gemaskeerde-termen";
    let send = |body| office.post(&els, terms, body);
    assert_eq!(
        send(json!({"term": "Jansen"})).await.status(),
        StatusCode::NO_CONTENT
    );
    assert_eq!(
        send(json!({"term": "kade"})).await.status(),
        StatusCode::NO_CONTENT
    );
    // The same term, written in another way.
    let back = json!({"term": "KADE", "gemaskeerd": false});
    assert_eq!(send(back.clone()).await.status(), StatusCode::NO_CONTENT);
    assert_eq!(office.read(&els, terms).await, json!([{"term": "Jansen"}]));
    problem(send(back).await, StatusCode::UNPROCESSABLE_ENTITY).await;
    problem(
        send(json!({"term": "nooit", "gemaskeerd": false})).await,
        StatusCode::UNPROCESSABLE_ENTITY,
    )
    .await;
    let page = format!("/zaken/{}/verantwoording", office.zaak.id);
    let (_, shown) = office.open(&els, &page).await;
    assert!(shown.contains("Niet meer gemaskeerd (1)"), "{shown}");
    let body = "term=Jansen&gemaskeerd=nee".to_owned();
    let answer = office.submit(&els, &format!("{page}/masker"), body).await;
    assert_eq!(location(&answer), format!("{page}#masker-kop"));
    assert_eq!(office.read(&els, terms).await, json!([]));
    let answer = office
        .submit(&els, &format!("{page}/masker"), "term=kade".to_owned())
        .await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    assert_eq!(office.read(&els, terms).await, json!([{"term": "kade"}]));
    // Nobody else does it, and the trail has each step without the term.
    let aad = office.granted("aad", &[Rol::Auditor]);
    let body = json!({"term": "kade", "gemaskeerd": false});
    problem(office.post(&aad, terms, body).await, StatusCode::FORBIDDEN).await;
    let store = &office.site.app.store;
    let done = |actie: &str| store.audit_entries(actie).expect("entries");
    assert_eq!(
        (done("term.gemaskeerd").len(), done("term.getoond").len()),
        (3, 2)
    );
    let told: Vec<String> = done("term.getoond")
        .iter()
        .map(|one| format!("{one:?}"))
        .collect();
    assert!(!told.concat().contains("Jansen"));
    let _ = json_of(office.get(&els, terms).await, StatusCode::OK).await;
}
