//! (being written)
use super::{FormatFault, Import};
use erikti_protocol::id::OrgId;
/// Reads activities and their sessions.
pub fn read(bytes: &[u8], organisation: &OrgId) -> Result<Import, FormatFault> {
    let _ = (bytes, organisation);
    Ok(Import::default())
}
