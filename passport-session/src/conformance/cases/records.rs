//! What a record holds comes back byte for byte.

use passport_core::{Record, Timestamp};

use crate::conformance::{
    case::{Case, Outcome, equal},
    trial::{Trial, User, done, login, record_at, visitor},
};

const EXACT: &str = "a record of up to 64 KiB and 256 keys is kept exactly";
const LARGEST: usize = 64 * 1024;

pub(super) const CASES: &[Case] = &[
    Case::new("every byte that can be in a record comes back", EXACT, |trial| Box::pin(bytes(trial))),
    Case::new("a record of 64 KiB comes back", EXACT, |trial| Box::pin(largest(trial))),
    Case::new("a record of 256 keys comes back", EXACT, |trial| Box::pin(keys(trial))),
    Case::new("an empty record comes back", EXACT, |trial| Box::pin(empty(trial))),
];

async fn comes_back(trial: &Trial<'_>, record: &Record) -> Outcome {
    let (id, version) = trial.created(&visitor(&[])).await?;
    let updated = trial.store.update(id, record, version, trial.life()).await;
    let version = done("update to the record", updated)?;
    let updated = trial.live("after an update", id).await?;
    equal("compare the bytes after an update", updated.record.as_bytes(), record.as_bytes())?;
    let (new, _) = trial.moved(id, record, version).await?;
    let moved = trial.live("after a rotation", new).await?;
    equal("compare the bytes after a rotation", moved.record.as_bytes(), record.as_bytes())?;
    let (other, _) = trial.created(record).await?;
    let created = trial.live("after a creation", other).await?;
    equal("compare the bytes after a creation", created.record.as_bytes(), record.as_bytes())
}

async fn bytes(trial: &Trial<'_>) -> Outcome {
    let all: Vec<u8> = (0..=255).collect();
    let strange = User { realm: "a realm\0'\"", key: format!("{}\\u0000 ' ü 😀", trial.user("x").key) };
    let data: [(&str, &[u8]); 3] = [("", &all), ("'; DROP \"x\"\0\r\n%s", b""), ("ключ", b"\xff\xfe\0")];
    comes_back(trial, &record_at(Timestamp::from_millis(1), &[&strange], &data)).await
}

async fn largest(trial: &Trial<'_>) -> Outcome {
    let user = trial.user("alice");
    let with = |length: usize| {
        let value: Vec<u8> = (0..length).map(|at| u8::try_from(at % 251).unwrap_or_default()).collect();
        record_at(Timestamp::from_millis(1), &[&user], &[("a", &value)])
    };
    let around = with(300).as_bytes().len() - 300;
    let record = with(LARGEST - around);
    equal("build a record of 64 KiB", record.as_bytes().len(), LARGEST)?;
    comes_back(trial, &record).await
}

async fn keys(trial: &Trial<'_>) -> Outcome {
    let names: Vec<String> = (0..256).map(|key| format!("key {key}")).collect();
    let data: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), name.as_bytes())).collect();
    comes_back(trial, &visitor(&data)).await
}

async fn empty(trial: &Trial<'_>) -> Outcome {
    comes_back(trial, &login(&[])).await
}
