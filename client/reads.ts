import { type ArtifactRead, type Digest, readObservers } from '#store';

/**
 * Calls a listener at every look at the value of an artifact, also when the value was loaded before: with its address
 * and digest. Listings, sizes and printed pictures are no looks. Returns a function that ends it.
 */
export function onArtifactRead(listener: (read: ArtifactRead) => void): () => void {
  // A function of its own, so that the same listener twice is two listeners.
  const observer = (read: ArtifactRead): void => listener(read);
  readObservers.add(observer);
  return () => readObservers.delete(observer);
}

/** Tells whoever listens that an artifact was read: what a task reads of other runs is recorded. The digest is looked up only then. */
export function noteRead(address: string, digest: () => Digest): void {
  for (const observe of readObservers) observe({ address, digest: digest() });
}
