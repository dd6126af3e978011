-- Documents of a case by their content: which of them were judged differently.
CREATE INDEX schifting_nu_zelfde ON schifting_nu_rij (zaak, inhoud, waarde);
CREATE INDEX beoordeling_zelfde ON beoordeling (zaak, inhoud, document);
