import { daysLeft, endpointFaults, hostsOf } from '../../domain/diagnosis/certificate.ts';
import type { Resources } from '../../domain/diagnosis/resources.ts';
import { certificatesOf, describeGrade, gradeHosts } from '../../readings/certificates.ts';

/** The certificate and protocols of each host, graded in the manner of SSL Labs. */
export async function servedCertificates(resources: Resources, now: Date) {
  const all = await gradeHosts(hostsOf(certificatesOf(resources).watched), now);
  const endpoints = all.flatMap(graded => ('endpoint' in graded ? [graded.endpoint] : []));
  const complete = endpoints.length === all.length;
  return {
    ok: complete ? all.every(graded => 'grade' in graded && graded.grade === 'A') : null,
    summary: `Served: ${all.map(describeGrade).join(', ')}`,
    facts: {
      servedFaults: endpoints.flatMap(endpointFaults).length,
      ...(endpoints.length > 0
        ? { servedDaysLeft: Math.min(...endpoints.map(({ notAfter }) => daysLeft(notAfter, now))) }
        : {}),
    },
  };
}
