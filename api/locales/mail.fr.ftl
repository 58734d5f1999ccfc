# Courrier électronique en français. Une ligne vide commence un paragraphe.
mail-greeting = Bonjour,
mail-link-hint = Si le lien ne s'ouvre pas, copiez cette adresse dans votre navigateur :
mail-link-expires = Ce lien est valable jusqu'au { $until }.
mail-signature = Maillage, le registre de l'économie sociale et solidaire
mail-automatic = Ce message a été envoyé automatiquement.
mail-date = { $day } { $month ->
    [Jan] janvier
    [Feb] février
    [Mar] mars
    [Apr] avril
    [May] mai
    [Jun] juin
    [Jul] juillet
    [Aug] août
    [Sep] septembre
    [Oct] octobre
    [Nov] novembre
   *[Dec] décembre
    } { $year } à { $time } (heure de Paris)

mail-invitation-subject = Vous êtes invité(e) sur Maillage
mail-invitation-body =
    Vous êtes invité(e) à contribuer à Maillage, le registre partagé de l'économie sociale et solidaire de votre territoire.

    Si vous n'attendiez pas ce message, ignorez-le : aucun compte ne sera ouvert.
mail-invitation-action = Ouvrir mon compte

mail-email-verification-subject = Confirmez votre adresse électronique
mail-email-verification-body =
    Cette adresse électronique a été donnée pour ouvrir un compte sur Maillage. Confirmez qu'elle est la vôtre.

    Si ce n'était pas vous, ignorez ce message : aucun compte ne sera ouvert.
mail-email-verification-action = Confirmer mon adresse

mail-password-reset-subject = Choisissez un nouveau mot de passe
mail-password-reset-body =
    Un nouveau mot de passe a été demandé pour votre compte sur Maillage.

    Si ce n'était pas vous, ignorez ce message : votre mot de passe reste le même.
mail-password-reset-action = Choisir un nouveau mot de passe

mail-email-change-old-subject = L'adresse électronique de votre compte change
mail-email-change-old-body =
    Le { $at }, un changement de l'adresse électronique de votre compte sur Maillage a été demandé. Il se fera quand les deux adresses, celle-ci et la nouvelle, l'auront confirmé.

    Si ce n'était pas vous, ne le confirmez pas : rien ne changera. Changez votre mot de passe sans tarder et répondez à ce message.
mail-email-change-old-action = Confirmer le changement

mail-email-change-new-subject = Confirmez votre nouvelle adresse électronique
mail-email-change-new-body =
    Cette adresse électronique a été donnée comme nouvelle adresse d'un compte sur Maillage. Confirmez qu'elle est la vôtre.

    Si ce n'était pas vous, ignorez ce message : rien ne changera.
mail-email-change-new-action = Confirmer ma nouvelle adresse

mail-password-changed-subject = Votre mot de passe a été changé
mail-password-changed-body =
    Le { $at }, le mot de passe de votre compte sur Maillage a été changé.

    Si c'était vous, il n'y a rien à faire. Sinon, demandez un nouveau mot de passe sans tarder et répondez à ce message.

mail-review-approved-subject = Publié : { $title }
mail-review-approved-body = Votre contribution « { $title } » a été relue : elle est maintenant publique. Merci.
mail-review-approved-action = Voir la fiche

mail-review-changes-asked-subject = Modifications demandées : { $title }
mail-review-changes-asked-body = Votre contribution « { $title } » a été relue. Avant sa publication, des modifications sont demandées :
mail-review-changes-asked-action = Modifier ma contribution

mail-review-rejected-subject = Non publié : { $title }
mail-review-rejected-body = Votre contribution « { $title } » a été relue. Elle ne sera pas publiée, pour cette raison :
mail-review-rejected-action = Voir ma contribution

mail-still-true-subject = Est-ce toujours vrai ? { $title }
mail-still-true-body = Vous tenez à jour la fiche « { $title } ». Ce qu'elle dit est-il toujours vrai ? Confirmez-le, ou corrigez-la.
mail-still-true-action = Vérifier la fiche

mail-published-about-you-subject = Une fiche qui vous concerne est publique : { $title }
mail-published-about-you-body =
    Maillage, le registre partagé de l'économie sociale et solidaire, a publié une fiche qui vous concerne : « { $title } ».

    Vous pouvez la faire corriger, et vous opposer à sa publication : répondez à ce message.
mail-published-about-you-action = Voir la fiche
