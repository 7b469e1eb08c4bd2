// Reads a code with the camera, in browsers that can. A scanner that types does without.
import { Alert, Text } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Dialogue } from '../../parts/dialogue';

type Detector = { detect: (from: HTMLVideoElement) => Promise<{ rawValue: string }[]> };
type Detectors = new (how: { formats: string[] }) => Detector;

const detectors = (window as unknown as { BarcodeDetector?: Detectors }).BarcodeDetector;

/** Whether this browser reads codes. */
export const canScan = !!detectors && !!navigator.mediaDevices;

export function Scan({ close, found }: { close: () => void; found: (text: string) => void }) {
  const { t } = useTranslation();
  const video = useRef<HTMLVideoElement>(null);
  const [wrong, setWrong] = useState(false);
  useEffect(() => {
    let stream: MediaStream | undefined;
    let over = false;
    const look = async (detector: Detector) => {
      if (over || !video.current) return;
      const codes = await detector.detect(video.current).catch(() => []);
      const code = codes[0]?.rawValue;
      if (code && !over) found(code);
      else window.setTimeout(() => void look(detector), 150);
    };
    const begin = async () => {
      if (!detectors) return;
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } });
      if (over || !video.current) return stream.getTracks().forEach((track) => track.stop());
      video.current.srcObject = stream;
      await video.current.play();
      await look(new detectors({ formats: ['qr_code', 'code_128', 'ean_13', 'code_39'] }));
    };
    begin().catch(() => setWrong(true));
    return () => {
      over = true;
      stream?.getTracks().forEach((track) => track.stop());
    };
  }, [found]);
  return (
    <Dialogue opened onClose={close} title={t('till.scan')}>
      {wrong ? (
        <Alert color="red" variant="light" role="alert">
          {t('till.no_camera')}
        </Alert>
      ) : (
        <>
          <video ref={video} muted playsInline className="camera" aria-label={t('till.scan')} />
          <Text size="sm" c="dimmed" mt="xs">
            {t('till.scan_words')}
          </Text>
        </>
      )}
    </Dialogue>
  );
}
