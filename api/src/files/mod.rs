//! Files that people upload: what they may be, where they are kept, and who may read them.

mod address;
mod bounds;
mod cleaner;
pub mod graphql;
mod kind;
mod pictures;
pub mod policy;
mod service;
mod storage;
mod store;

pub use address::{address, path, percent_encoded, url_path};
pub use bounds::{Bounds, Slot};
pub use cleaner::{Worker, start};
pub use service::{Files, Purpose, Readable, attach, delete, keep, may_upload, read, readable};
pub use storage::{Bucket, Options, Place, Storage, StorageError};
pub use store::{abandon, attach_data, data_of, detach, of_account};
