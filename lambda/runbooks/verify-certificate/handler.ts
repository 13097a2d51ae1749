import * as v from 'valibot';
import { hostsOf, sslLabsUrl } from '../../domain/diagnosis/certificate.ts';
import { done } from '../../domain/remedies/verdict.ts';
import { configuredCertificates, describeGrade, gradeHosts } from '../../readings/certificates.ts';
import { entrypoint } from '../../runtime/entrypoint.ts';

/** Reports the certificate of every host with a grade. It changes nothing. */
export const handler = entrypoint(v.unknown(), async () => {
  const graded = await gradeHosts(hostsOf(configuredCertificates()), new Date());
  const hosts = graded.map(one => `${describeGrade(one)}; SSL Labs: ${sslLabsUrl(one.host)}`);
  console.info({ message: 'what is served', hosts });
  return { ...done(), good: String(graded.every(one => 'grade' in one && one.grade === 'A')), hosts };
});
