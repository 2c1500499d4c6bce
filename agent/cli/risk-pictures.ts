// lienmesh risk pictures: the pictures of the risk model's document, so that they cannot disagree with the model.
import { z } from 'zod'
import { riskPictures } from '../console/risk/pictures.ts'
import { EXIT } from '../domain/errors.ts'
import { command, toggle } from './command.ts'
import { bringUpToDate } from './config-docs.ts'

/** Draws every picture, or with --check only says whether one is out of date. */
export const riskPicturesCommand = command({
  options: z.strictObject({
    out: z.string().min(1).default('docs/pictures').describe('Folder to write to.'),
    check: toggle.describe('Write nothing; fail when a picture is out of date.'),
  }),
  run: async (options, { json, print }) => {
    const said = bringUpToDate(riskPictures(), options)
    print(json ? JSON.stringify({ type: 'pictures', ...said }) : `✔ ${said.pages} pictures, ${said.changed} changed`)
    return EXIT.ok
  },
})
