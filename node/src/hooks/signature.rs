//! The signature of a message: HMAC-SHA-256 over its time and its bytes.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The header's value: `t=<seconds>,v1=<hex of HMAC-SHA-256(secret, "<seconds>." ‖ body)>`. The time is signed too, so
/// that a receiver can refuse what somebody recorded and sends again.
pub fn signature(secret: &str, seconds: i64, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes())
        .expect("a key of any length makes an HMAC");
    mac.update(format!("{seconds}.").as_bytes());
    mac.update(body);
    let hex: String = mac
        .finalize()
        .into_bytes()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    format!("t={seconds},v1={hex}")
}
