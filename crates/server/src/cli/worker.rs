//! `datafyme worker`

use super::{Failure, Session, serve};
use crate::jobs::worker;
use std::process::ExitCode;

pub(super) async fn run(session: Session) -> Result<ExitCode, Failure> {
    session.start_log("info,sqlx=warn")?;
    let app = session.app_in(session.data_dir("datafyme")?).await?;
    serve::start_metrics(&app).await?;
    worker::work(app).await;
    Ok(ExitCode::SUCCESS)
}
