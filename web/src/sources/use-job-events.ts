import { useEffect, useState } from "react";
import { readEvents } from "../api/event-stream";
import type { Job, JobStatus } from "../api/model";

const NAMES = ["job.progress", "job.completed"] as const;

/** Whether nothing more will happen to a job. */
export function isFinal(status: JobStatus): boolean {
  return status === "succeeded" || status === "failed" || status === "cancelled";
}

/** A job as it goes on; `onEnd` hears of its end. The component that uses it must be keyed by the job. */
export function useJobEvents(job: Job, onEnd: (job: Job) => void): Job {
  const [current, setCurrent] = useState(job);
  const [ended, setEnded] = useState<Job>();
  const watched = !isFinal(job.status);

  useEffect(() => {
    if (!watched) return;
    return readEvents({
      url: `/api/v1/jobs/${job.id}/events`,
      names: NAMES,
      onEvent: (data) => {
        const next = data as Job;
        setCurrent(next);
        if (!isFinal(next.status)) return "more";
        setEnded(next);
        return "last";
      },
      onState: () => undefined,
    });
  }, [job.id, watched]);

  useEffect(() => {
    if (ended) onEnd(ended);
    // Told once, whoever hears it.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [ended]);
  return current;
}
