// Raw folders that do not follow UK Biobank's names: a folder for each subject, or one study's folder of images.
// Hands on: looseKind, looseSubjects.
import { basename, join, resolve } from 'node:path'
import type { VisitFiles } from './pair.ts'

export type LooseKind = 'ecg' | 'image' | 'archive'

/** A file that may belong to a subject; `parts` are its path's parts below the raw folder. */
export type LooseFile = { kind: LooseKind; path: string; parts: readonly string[] }

const KINDS: Record<string, LooseKind> = { xml: 'ecg', hea: 'ecg', scp: 'ecg', ecg: 'ecg', dcm: 'image', ima: 'image', zip: 'archive' }

/** What a file may be, from its name alone; DICOM files often have no extension at all. */
export function looseKind(name: string): LooseKind | undefined {
  const extension = /\.([a-z0-9]+)$/i.exec(name)?.[1].toLowerCase()
  if (extension === undefined) return /^(dicomdir|readme|license|makefile|copying)$/i.test(name) ? undefined : 'image'
  return KINDS[extension] ?? (/^\d+$/.test(extension) ? 'image' : undefined)
}

/**
 * Sorts loose files into subjects. Where a top-level folder holds both an ECG and images, each top-level folder is a subject;
 * where there are images alone, the whole folder is one study of one subject.
 *
 * @param root   The raw folder; its name stands for the one subject of a single study.
 * @param files  What was found in it.
 */
export function looseSubjects(
  root: string,
  files: readonly LooseFile[],
): { layout: 'folder-per-subject' | 'one-study'; subjects: Map<string, VisitFiles[]> } {
  const folders = new Map<string, LooseFile[]>()
  for (const file of files) {
    if (file.parts.length < 2) continue
    const found = folders.get(file.parts[0]) ?? []
    folders.set(file.parts[0], found)
    found.push(file)
  }
  const hasBoth = [...folders.values()].some(
    (found) => found.some(({ kind }) => kind === 'ecg') && found.some(({ kind }) => kind !== 'ecg'),
  )
  const subjects = new Map<string, VisitFiles[]>()
  if (hasBoth) {
    for (const [name, found] of folders) subjects.set(name, [visitOf(join(root, name), found)])
    return { layout: 'folder-per-subject', subjects }
  }
  if (files.some(({ kind }) => kind !== 'ecg')) subjects.set(basename(resolve(root)), [visitOf(root, files)])
  return { layout: 'one-study', subjects }
}

/** Images of one subject are handed on as the folder they lie in, archives as themselves. */
function visitOf(folder: string, files: readonly LooseFile[]): VisitFiles {
  const paths = (kind: LooseKind) =>
    files
      .filter((file) => file.kind === kind)
      .map(({ path }) => path)
      .sort()
  const archives = paths('archive')
  const hasImages = files.some(({ kind }) => kind === 'image')
  return { visit: 0, ecgPaths: paths('ecg'), cinePaths: archives.length > 0 ? archives : hasImages ? [folder] : [], longAxisPaths: [] }
}
