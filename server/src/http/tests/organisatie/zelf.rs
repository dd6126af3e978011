//! Nobody gives himself a right, also not who has every role from the groups of the provider.

use super::*;
use crate::http::tests::problem;
use zv_indexer::source::Sources;

#[tokio::test]
async fn who_has_all_roles_from_groups_gives_himself_nothing() {
    let huis = huis().await;
    huis.provider.does().claims["groups"] = json!(["zoekers", "machtigers", "woo"]);
    let session = huis.session().await;
    let id: String = huis.ask("toestand.db", "SELECT gebruiker FROM organisatie_account");
    let folder = &huis.site.app.folder;
    std::fs::create_dir_all(folder.join("archief")).expect("folder");
    Sources::register(folder, &folder.join("archief"), Some("archief")).expect("source");
    let send = async |path: &str, body: Value| {
        let request = request("POST", path)
            .header(header::COOKIE, &session)
            .header(header::CONTENT_TYPE, "application/json");
        let sent = request.body(Body::from(body.to_string())).expect("request");
        huis.site.send(sent).await
    };
    let zaak = json!({"nummer": "2026-1", "soort": "woo-verzoek", "titel": "Zelf", "ontvangen": "2026-01-05"});
    let zaak: Value =
        serde_json::from_str(&text(send("/v1/zaken", zaak).await).await).expect("case");
    let path = format!(
        "/v1/zaken/{}/machtigingen",
        zaak["id"].as_str().expect("id")
    );
    let granted = |to: &str| {
        json!({"aan": [to], "doel": "zoeken", "bronnen": ["archief"], "plafond": "departementaal-vertrouwelijk",
            "van": "2020-01-01", "tot": "2099-12-31"})
    };
    for (path, body) in [
        (path.clone(), granted(&id)),
        (
            format!("/v1/accounts/{id}/rollen"),
            json!({"rollen": ["auditor"]}),
        ),
        (
            format!("/v1/accounts/{id}/principalen"),
            json!({"principalen": ["gid:1"]}),
        ),
    ] {
        problem(send(&path, body).await, StatusCode::UNPROCESSABLE_ENTITY).await;
        let last: String = huis.ask(
            "audit.db",
            "SELECT actor FROM regel WHERE resultaat = 'geweigerd' ORDER BY nummer DESC LIMIT 1",
        );
        assert_eq!(last, id, "{path}");
    }
    // To somebody else they do grant.
    let other = huis
        .site
        .app
        .store
        .account_named("els")
        .expect("asked")
        .expect("els");
    assert_eq!(
        send(&path, granted(&other.id)).await.status(),
        StatusCode::CREATED
    );
    // What the groups gave is what they are on the drives, and nothing that they chose.
    let mine = huis.site.app.store.principals(&id).expect("lists");
    assert_eq!(mine.keys().collect::<Vec<_>>(), ["oidc"]);
}
